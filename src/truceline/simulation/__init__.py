"""Violence that never happened, sensors that observe it, and how well what was found agrees with the truth."""
