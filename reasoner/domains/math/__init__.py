"""Multi-step word problems over small quantities, with equations as steps."""
