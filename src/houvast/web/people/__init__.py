"""The pages for people about themselves: who they are is shown by a code, and what they see, the database decides.

Two logins: `houvast_web` asks for a code and tries one; `houvast_people` reads, in the session of the person alone.
"""
