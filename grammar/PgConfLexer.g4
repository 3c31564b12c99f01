// postgresql.conf, token level, for one line (guc-file.l). The longest match wins, and of
// equals the first. Every byte above 127 arrives as one character.

lexer grammar PgConfLexer;

BLANK     : [ \t\r]+ -> skip ;
COMMENT   : '#' ~[\n]* -> skip ;
ID        : LETTER LETTER_OR_DIGIT* ;
QUALIFIED : LETTER LETTER_OR_DIGIT* '.' LETTER LETTER_OR_DIGIT* ;
STRING    : '\'' ( ~['\\] | '\\' . | '\'\'' )* '\'' ;
UNQUOTED  : LETTER ( LETTER_OR_DIGIT | [\-._:/] )* ;
INTEGER   : SIGN? ( DIGIT+ | '0x' HEXDIGIT+ ) [a-zA-Z]* ;
REAL      : SIGN? DIGIT* '.' DIGIT* ( [Ee] SIGN? DIGIT+ )? ;
EQUALS    : '=' ;
OTHER     : . ;

fragment LETTER          : [A-Za-z_\u0080-\u00FF] ;
fragment LETTER_OR_DIGIT : [A-Za-z_0-9\u0080-\u00FF] ;
fragment SIGN            : [+\-] ;
fragment DIGIT           : [0-9] ;
fragment HEXDIGIT        : [0-9a-fA-F] ;
