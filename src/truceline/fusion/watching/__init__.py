"""What silence says, where a coverage table tells who was watching."""
