// postgresql.conf, one line: `name = value`, the equals sign optional, or nothing.

parser grammar PgConfParser;

options { tokenVocab = PgConfLexer; }

line  : ( name EQUALS? value )? EOF ;
name  : ID | QUALIFIED ;
value : ID | STRING | UNQUOTED | INTEGER | REAL ;
