using System.Numerics;

namespace StereoSpike.Hardware;

/// <summary>Neurons: only those that got input, or that change without, are worked out.</summary>
internal sealed class FiringStage<T>(NodeOutput<T> source, INeuronRule<T> rule) : IStage<T>
    where T : struct, INumber<T>
{
    private readonly T[] _potentials = new T[source.Shape.Count];   // [C,H,W]
    private readonly T[] _currents = new T[rule.HasCurrent ? source.Shape.Count : 1];   // as the potentials, or one that nobody uses
    private List<int> _awake = [];
    private List<int> _stillAwake = [];

    /// <summary>Potentials, [C,H,W].</summary>
    public ReadOnlySpan<T> Potentials => _potentials;

    /// <summary>Puts all neurons to rest.</summary>
    public void Rest()
    {
        _potentials.AsSpan().Fill(rule.Rest);
        Array.Clear(_currents);
        _awake.Clear();
    }

    public void Run(NodeOutput<T> output, NodeActivity activity)
    {
        int pixels = source.Pixels;
        _stillAwake.Clear();
        if (source.Sums is null)
        {
            RunEvents(output, activity);
        }
        else if (source.AllTouched || !source.ChannelsInnermost || !rule.SilentAtRest)
        {
            for (int pixel = 0; pixel < pixels; pixel++)
            {
                Visit(pixel, output, activity);
            }
        }
        else
        {
            foreach (int pixel in source.Touched)
            {
                Visit(pixel, output, activity);
            }

            foreach (int neuron in _awake)
            {
                if (!source.IsTouched(neuron % pixels))
                {
                    Update(neuron, neuron / pixels, T.Zero, output, activity);
                }
            }
        }

        (_awake, _stillAwake) = (_stillAwake, _awake);
    }

    private void Visit(int pixel, NodeOutput<T> output, NodeActivity activity)
    {
        for (int c = 0; c < source.Shape.Channels; c++)
        {
            T input = source.Sum(c, pixel);
            int neuron = (c * source.Pixels) + pixel;
            if (input != T.Zero || !rule.SilentAtRest || rule.Awake(c, _potentials[neuron], Current(neuron)))
            {
                Update(neuron, c, input, output, activity);
            }
        }
    }

    /// <summary>Neurons that read spikes without weights between.</summary>
    private void RunEvents(NodeOutput<T> output, NodeActivity activity)
    {
        T[] input = source.ToDense();
        for (int neuron = 0; neuron < input.Length; neuron++)
        {
            int c = neuron / source.Pixels;
            if (input[neuron] != T.Zero || !rule.SilentAtRest || rule.Awake(c, _potentials[neuron], Current(neuron)))
            {
                Update(neuron, c, input[neuron], output, activity);
            }
        }
    }

    private void Update(int neuron, int channel, T input, NodeOutput<T> output, NodeActivity activity)
    {
        activity.NeuronUpdates++;
        if (rule.Step(channel, input, ref _potentials[neuron], ref Current(neuron)))
        {
            output.Emit(neuron, T.One);
            activity.Fired++;
        }

        if (rule.Awake(channel, _potentials[neuron], Current(neuron)))
        {
            _stillAwake.Add(neuron);
        }
    }

    private ref T Current(int neuron) => ref _currents[_currents.Length == 1 ? 0 : neuron];
}
