"""Which observations are the same physical event or exchange; where and when."""
