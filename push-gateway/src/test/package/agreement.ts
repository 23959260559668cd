// Compares the declared types with those that the compiler derives from the code of heartline.js and its comments.

import { connect as declared, type AuthorsSubscription, type Options } from 'heartline';
import { connect as implemented } from './implementation.js';

type Implemented = Parameters<typeof implemented>[0];
type KeysOf<Union> = Union extends unknown ? keyof Union : never;
type IsNever<Type> = [Type] extends [never] ? true : Type;

// each names the options that only one of the two has
export const undeclared: IsNever<Exclude<keyof Implemented, KeysOf<Options>>> = true;
export const unimplemented: IsNever<Exclude<KeysOf<Options>, keyof Implemented>> = true;

export const options = (given: Options): Implemented => given;
export const subscription = (given: ReturnType<typeof implemented>): AuthorsSubscription => given;

// methods that only the implementation has
export const undeclaredMembers: IsNever<Exclude<keyof ReturnType<typeof implemented>, keyof AuthorsSubscription>> = true;
export const connect: typeof declared = implemented;
