-- One row per answer that the audit says was saved: its subject begins with the number, its detail with the fingerprint.
SELECT logged_at, account, subject, detail FROM audit WHERE action = 'save trace' ORDER BY logged_at
