/** The name of the one node, which its Pods are bound to. */
export const NODE_NAME = 'sandbox';

/** The node's own address. */
export const HOST_IP = '10.0.0.2';
