"""The ProsQA domain: is an entity a P or a Q, given thirty-six rules in no order? (Coconut, arXiv:2412.06769)"""
