"""The delivered process: data files only, read by `engine.process.loader`."""
