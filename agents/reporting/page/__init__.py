"""`report.html`: one file that any browser opens offline. Python draws it; nothing is asked of any server."""
