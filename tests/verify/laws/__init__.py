"""What theory, or another simulator, knows of small worlds."""
