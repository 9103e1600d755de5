"""What the arrangement says of an incident or engagement; the only threshold lives in judge.py."""
