declare const brand: unique symbol;

/** A nominal type: a value of `T` that only code which has proved `Name` may produce. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
