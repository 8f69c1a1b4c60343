"""The figures of the live page as marks: elements of SVG with their attributes, which a browser sets."""
