"""Next year's folder from this one."""
