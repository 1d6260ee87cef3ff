# Placeholder until the next commit of this file: quoin_add_plugin() is defined here.
