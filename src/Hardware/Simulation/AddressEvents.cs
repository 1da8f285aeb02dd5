namespace StereoSpike.Hardware;

/// <summary>Address events of a step: which neuron, in [C,H,W], and how many spikes (or what value) it sends.</summary>
internal sealed class AddressEvents<T>
    where T : struct
{
    private int[] _neurons = new int[256];
    private T[] _counts = new T[256];
    private int _length;

    public ReadOnlySpan<int> Neurons => _neurons.AsSpan(0, _length);

    public ReadOnlySpan<T> Counts => _counts.AsSpan(0, _length);

    public void Clear() => _length = 0;

    public void Add(int neuron, T count)
    {
        if (_length == _neurons.Length)
        {
            Array.Resize(ref _neurons, 2 * _length);
            Array.Resize(ref _counts, 2 * _length);
        }

        _neurons[_length] = neuron;
        _counts[_length++] = count;
    }
}
