"""What is known of English, once each; a second language would replace this package.

words       words, their folded forms and stems, and the function words among them
names       which words of a text are names
sentences   where sentences begin and end
taken       passages taken apart once, for all the stages that ask
"""
