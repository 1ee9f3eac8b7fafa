"""A remote signing service after the Cloud Signature Consortium's API v2, for demo and tests.

It plays a provider as strictly as the specification lets it, so that mistakes of a client show. Its
keys are those of the demo certificate world, in files: never for real signatures.
"""
