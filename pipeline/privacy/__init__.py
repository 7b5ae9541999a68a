"""Values that few users typed are replaced before anybody reads them."""
