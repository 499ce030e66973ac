/** How often a costly property is tried: so many times with everything else, and all of them in `npm run test:full`. */
export const times = (few: number, all: number): number => (process.env.PLIMSOLL_TEST_ALL === '1' ? all : few)
