"""Who may call, and how much at once: keys, origins, host names, connections, rates and bodies, each with its bound."""
