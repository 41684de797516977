"""The gate screen: a page of its own, not one of Streamlit's, so that it works on while the network is down."""
