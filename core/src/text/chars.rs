//! Character classes the views and decoders share.
