export const compoundPresets = {} as const
