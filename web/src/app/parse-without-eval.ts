/*
 * The schema library looks whether it may compile code at run time. The content security policy says no, and browsers
 * report the mere question; so it is told before it loads.
 */
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });
