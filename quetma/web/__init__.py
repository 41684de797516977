"""The screens' side: navigation, the sign-in wall, routes, what a page may use. Only this imports Streamlit."""
