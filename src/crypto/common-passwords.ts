/**
 * What guessers try first: the head of every published list of leaked passwords, and the words
 * around this project. Lowercase, without digits at the end (those are judged by themselves).
 */
export const commonPasswords: ReadonlySet<string> = new Set(
  (
    'password passwort passw0rd pass passphrase contrasena motdepasse senha parola sifre geslo haslo ' +
    'qwerty qwertyuiop qwertz azerty asdf asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qwe abc abcd abcdef ' +
    'letmein welcome admin administrator root login user guest test testing master changeme default ' +
    'secret private access trustno hello iloveyou loveyou ilove love lovely babygirl angel princess ' +
    'sunshine shadow dragon monkey tiger lion eagle bear wolf horse puppy kitten flower butterfly ' +
    'summer winter spring autumn monday friday sunday january march april june july august september ' +
    'october november december football baseball basketball soccer hockey liverpool arsenal chelsea ' +
    'barcelona madrid juventus batman superman spiderman pokemon naruto starwars matrix ninja killer ' +
    'hunter ranger soldier jordan michael michelle daniel jessica ashley jennifer thomas george robert ' +
    'charlie andrew joshua matthew anthony william nicole hannah maria jose juan carlos anna elena ' +
    'ivan olga natasha sergey muhammad mohammed ahmed ali hassan hussein fatima allah jesus christ god ' +
    'freedom liberty azadi hurriya svoboda libertad liberte justice human rights humanrights activist ' +
    'wallflower computer internet google facebook whatsapp telegram signal samsung iphone android ' +
    'windows apple cheese cookie chocolate banana orange pepper ginger money mustang ferrari porsche ' +
    'mercedes computer secure security encrypt crypto bitcoin correcthorsebatterystaple'
  ).split(' '),
);
