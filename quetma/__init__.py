"""QR check-in at a government unit: who was where, who complies, and whom a sick person may have infected."""
