"""The shared face: layout, tokens, components, error pages."""
