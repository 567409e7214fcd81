/** How far something that goes out has come; each word claims only what happened. */
export type DeliveryState = 'needs-link' | 'on-device' | 'on-relay' | 'delivered' | 'refused';
