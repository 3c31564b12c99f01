// pg_hba.conf and pg_ident.conf, one logical line: fields, each a list of words. What the
// words mean, `@file` and `include` among them, is the reader's business (src/input): a new
// authentication method must not need a new grammar.

parser grammar PgAuthParser;

options { tokenVocab = PgAuthLexer; }

line  : field* EOF ;
field : LISTED+ WORD? | WORD ;        // a comma at the end of the line ends the list
