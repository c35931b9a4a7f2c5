"""LangGraph machines that ask and decide. They never touch weights themselves."""
