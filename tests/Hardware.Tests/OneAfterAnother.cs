// Live tensors and allocated bytes are counted for the whole process, so no test may run beside one that counts them.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
