"""Who may come in, who they are, what they may do, and the record of what they did. Knows nothing of Streamlit."""
