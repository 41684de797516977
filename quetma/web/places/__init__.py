"""The parts of the page of locations: the register, the printed codes, the sketch of where they are."""
