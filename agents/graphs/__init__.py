"""The LangGraph machines."""
