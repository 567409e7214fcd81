/** Name of the BroadcastChannel on which the engine tells every tab what moved. */
export const engineEventsChannel = 'wallflower-engine-events';
