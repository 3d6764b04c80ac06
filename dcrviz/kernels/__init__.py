"""The inner loops on pixels."""
