// pg_hba.conf and pg_ident.conf, token level, for one logical line: the server has one
// tokenizer for both (hba.c, next_token). The input holds no line break and no NUL, and
// every byte above 127 arrives as one letter.
//
// A word may switch quoting on and off inside itself, as in a shell: +"odd, name"s is one
// word. What matters is what stops it: `a,b` and `a, b` are one list, because the comma
// stands right after the word; `a , b` is two fields, because a blank ended the word first.

lexer grammar PgAuthLexer;

LISTED  : PIECE+ ',' ;                // a word, and the list goes on
WORD    : PIECE+ | PIECE* OPEN ;
GAP     : [ \t\r,]+ -> skip ;         // a comma that no word touches means nothing
COMMENT : '#' ~[\n]* -> skip ;          // also in the middle of a word: all#x is all

fragment PIECE : ~[ \t\r,#"] | '"' ~["]* '"' ;
fragment OPEN  : '"' ~["]* ;          // never closed: takes the rest of the line
