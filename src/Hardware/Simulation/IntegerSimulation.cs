namespace StereoSpike.Hardware;

/// <summary>An integer network at work event by event, in the narrowest sums that hold it: 32 bits, or 64 where a node's bound asks for more. Equal to <see cref="IntegerReference"/> to the bit.</summary>
public sealed class IntegerSimulation
{
    private readonly AddressEventNetwork<int, long>? _narrow;
    private readonly AddressEventNetwork<long, long>? _wide;
    private readonly long[] _input;

    /// <summary>Lays a program out; all neurons are at rest.</summary>
    public IntegerSimulation(IntegerProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        if (program.SumBits <= 32)
        {
            _narrow = AddressEventSimulation.Of(program);
            _input = [];
        }
        else
        {
            _wide = AddressEventSimulation.OfWide(program);
            _input = new long[program.Graph.Input.Shape.Count];
        }
    }

    /// <summary>What each node did: see <see cref="AddressEventNetwork{T, TReadout}.Activity"/>.</summary>
    public IReadOnlyDictionary<string, NodeActivity> Activity => _narrow?.Activity ?? _wide!.Activity;

    /// <summary>Steps that <see cref="Activity"/> counts.</summary>
    public int Steps => _narrow?.Steps ?? _wide!.Steps;

    /// <summary>Puts all neurons and integrators to rest.</summary>
    public void Rest()
    {
        _narrow?.Rest();
        _wide?.Rest();
    }

    /// <summary>Runs one step.</summary>
    /// <param name="input">Shape [C,H,W]: see <see cref="IntegerProgram.QuantizeInput"/>.</param>
    /// <exception cref="ArgumentException">The input is not of the network's shape.</exception>
    public void Step(ReadOnlySpan<int> input)
    {
        if (_narrow is not null)
        {
            _narrow.Step(input);
            return;
        }

        Guard.Length(input.Length, _input.Length, nameof(input));
        for (int i = 0; i < input.Length; i++)
        {
            _input[i] = input[i];
        }

        _wide!.Step(_input);
    }

    /// <summary>What a node made in the last step, shape [C,H,W]; for a readout use <see cref="Readouts"/>.</summary>
    public long[] Values(string node) => _narrow is null ? _wide!.Values(node) : Array.ConvertAll(_narrow.Values(node), value => (long)value);

    /// <summary>A readout's potential after each of its inputs in the last step, shape [C,H,W].</summary>
    public IReadOnlyList<long[]> Readouts(string readout) => _narrow?.Readouts(readout) ?? _wide!.Readouts(readout);
}
