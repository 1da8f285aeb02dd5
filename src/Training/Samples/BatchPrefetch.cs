namespace StereoSpike.Training;

/// <summary>Makes the next few batches on other threads while one is being learned, in order; memory holds no more than those.</summary>
internal sealed class BatchPrefetch
{
    private readonly Func<int, Batch> _make;
    private readonly int _end;
    private readonly Queue<Task<Batch>> _ahead = [];
    private int _next;

    /// <summary>Starts making batches [first, end).</summary>
    /// <param name="make">Makes a batch by its number; called from several threads at once.</param>
    /// <param name="first">Number of the first batch wanted.</param>
    /// <param name="end">Number after the last.</param>
    /// <param name="depth">Batches made ahead, at least 1.</param>
    public BatchPrefetch(Func<int, Batch> make, int first, int end, int depth)
    {
        (_make, _next, _end) = (make, first, end);
        for (int i = 0; i < depth; i++)
        {
            Begin();
        }
    }

    /// <summary>The next batch; what making it threw is thrown here.</summary>
    public Batch Next()
    {
        Batch batch = _ahead.Dequeue().GetAwaiter().GetResult();
        Begin();
        return batch;
    }

    private void Begin()
    {
        if (_next < _end)
        {
            int number = _next++;
            _ahead.Enqueue(Task.Run(() => _make(number)));
        }
    }
}
