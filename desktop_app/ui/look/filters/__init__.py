"""All filters of a convolution as pictures, and the kernels of one."""
