"""Level two: aggregated reports and the incidents that belong with them."""
