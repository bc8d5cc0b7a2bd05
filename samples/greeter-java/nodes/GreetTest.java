package nodes;

import static axiom.testing.Assertions.assertEquals;

import axiom.testing.Test;
import axiom.testing.TestContext;
import gen.Messages.GreetRequest;
import java.util.Map;

public class GreetTest {
    @Test
    public void signsWithTheSecret() {
        expect(new TestContext(Map.of("GREETER_SIGNATURE", "test-sig")), "Hello Ada, from test-sig");
    }

    @Test
    public void signsAsAnonymousWithoutTheSecret() {
        expect(new TestContext(), "Hello Ada, from anonymous");
    }

    private static void expect(TestContext ax, String greeting) {
        GreetRequest input = GreetRequest.newBuilder().setName("Ada").build();
        assertEquals(greeting, Greet.greet(ax, input).getGreeting());
    }
}
