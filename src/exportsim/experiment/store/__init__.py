"""A store of finished plays: a folder of Parquet files, each found by what was played in it."""
